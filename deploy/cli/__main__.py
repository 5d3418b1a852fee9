"""`python -m deploy.cli`, the same as `generateur`."""

import sys

from deploy.cli.main import main

sys.exit(main())
