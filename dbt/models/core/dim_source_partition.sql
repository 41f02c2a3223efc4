select
    source_id,
    school_year,
    landed_sha256,
    rows_in_count,
    rows_loaded_count,
    rows_rejected_count,
    is_preliminary
from {{ ref('stg_rollcall__source_partition') }}
