"""Who changed which configuration when, before and after."""

from vinr_engagement.audit.log import AUDIT_LOG, AuditEntry, Origin, note

__all__ = ["AUDIT_LOG", "AuditEntry", "Origin", "note"]
