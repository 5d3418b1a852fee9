"""`python -m services.audit replay|export …`."""

import sys

from services.audit.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
