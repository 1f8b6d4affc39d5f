"""How long each page takes with 1,000, 10,000 and 100,000 cases: `make bench-pages`.

Rules
- Lives are lived once, through the services of the product (`lives`); `copies` makes them many: other ids, other weeks,
  other organisations, every event sealed again, every due time computed again by the engine.
- A sample of copies is held against the product afterwards: the chain must hold, a rebuild must change nothing.
- Everything happens in years that no work calendar knows, so that a life moved by whole weeks is the same life.
- What is filled once is kept in `var/bench` and used again; `--fresh` fills anew.
- Medians are printed and nothing is asserted: a slow machine is not a broken product.
"""

from datetime import UTC, datetime

NOW = datetime(2030, 6, 5, 2, 30, tzinfo=UTC)
"""The moment at which the pages are looked at; a Wednesday, half past ten in the morning."""
