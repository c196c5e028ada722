"""Makes generated/ out of schema/. Run as `python3 -m codegen`."""
