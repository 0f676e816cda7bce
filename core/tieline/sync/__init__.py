"""The sync engine: pure decisions (canonical, merge, planning, status, matching) and the effects that carry them out
(observe, act, recover, cycle). Nothing here knows a vendor, HTTP or SQL."""
