"""Mechanisms every service uses: record, stream, seal, relay, consume. No word of the domain, save in contracts/."""
