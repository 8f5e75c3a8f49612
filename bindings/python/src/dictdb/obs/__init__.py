"""The log."""

from dictdb.obs.logging import configure_logging, logger

__all__ = ["configure_logging", "logger"]
