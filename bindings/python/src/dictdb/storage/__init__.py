"""Databases, their files and backups."""
