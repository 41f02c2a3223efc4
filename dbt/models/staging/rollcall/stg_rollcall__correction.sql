select
    correction_id,
    source_id,
    action,
    district_code,
    what,
    reason,
    reference
from {{ source('rollcall', 'correction') }}
