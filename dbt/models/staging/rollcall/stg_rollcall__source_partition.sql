select
    source_id,
    school_year,
    landed_sha256,
    rows_in as rows_in_count,
    rows_loaded as rows_loaded_count,
    rows_rejected as rows_rejected_count,
    is_preliminary
from {{ source('rollcall', 'source_partition') }}
where school_year is not null
