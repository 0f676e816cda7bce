"""The judge of a storm: from the log of what really changed it tells whether anything was lost, doubled or leaked.

Every invariant has a judgement that can fail:

* I1 convergence: `endings` (partners, equal fields, references, list rows), and the storm's calm: nothing is written
  any more, no stage reports a problem.
* I2 no silent lost update: `losses`. Every value a user typed is new, so it is known which value each one was typed
  over (its parent). When the engine overwrites x with y on one record, x must be an ancestor of y (whoever typed y, or
  a value before it, had x before him), or stand in the conflict log at that very moment. A user's overwrite of what he
  sees on the same record is his own business. The values that are overwritten by nobody are compared at the end. Thus a
  typed value is in the end the final one, an ancestor of it, or readable. The one exception: a system without a
  precondition may put our write over an edit made after the engine's last look; only edits it did read must be in the
  log, and every loss is listed with what the engine had read.
* I3 no duplicate: `endings.no_twins` counts births by origin in the systems' own log; the store refuses a second link.
* I4 no stale overwrite: `losses` (the value that stood there is a descendant of the one written), `groups` (no half of
  an address from each side).
* I5 no write where the engine may not: `rights` (directions, frozen fields, promotions, deletes that no mapping asks
  for, objects that are nobody's), `endings` (list rows).
* I6 effectively once: all others under kills; `watched` (a worker that lost its lease records nothing).
* I7 monotone: `watched` (cursors, versions, promotions, derived status, only the changes of status that exist).
* I8 audit complete: `books` (a row for each write, with the values written; the chain holds).
* I9 no starvation: `books` (presses are answered, nothing is left to do, whatever is poisoned), the storm's calm.
* I10 isolation: `rights.crossed` (a value typed in one entity is in another only by way of a record that is in both).
* I11 bounded work: `books.idle` (a cycle in which nothing happened polls lists and does nothing else), `books.bounded`.
* I12 explainable: `books.explained`.
"""

from tieline_simulation.oracle.judge import Oracle
from tieline_simulation.oracle.truth import Place, plain

__all__ = ["Oracle", "Place", "plain"]
