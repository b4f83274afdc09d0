"""Keeping records: one folder per study, one SQLite file in it, Parquet parts where labels outgrow it."""

from normscope.store.batches import BatchTable, StoredBatch
from normscope.store.calls import CallTable, CallTotals, StoredCall
from normscope.store.database import FILE_NAME
from normscope.store.exchange import FORMATS, export_records, import_records
from normscope.store.store import Store
from normscope.store.writer import Writer

__all__ = [
    "FILE_NAME",
    "FORMATS",
    "BatchTable",
    "CallTable",
    "CallTotals",
    "Store",
    "StoredBatch",
    "StoredCall",
    "Writer",
    "export_records",
    "import_records",
]
