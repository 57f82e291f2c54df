"""The PostgreSQL that `gooddata up` brings along.

A folder enters, a running PostgreSQL on 127.0.0.1 leaves: the server is a direct child of this process, made new when
the folder is empty, and stopped with it. Promised: every committed row is there again after the server, or this
process, was killed; no second process ever writes to the same folder; and what stands in the way of a start (a full
disk, a foreign folder, another version) is said in words, with what to do about it.
"""

from gooddata.persistence.embedded.folder_lock import FolderLock
from gooddata.persistence.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "FolderLock"]
