select
    landed_sha256,
    source_id,
    file_name,
    origin,
    byte_count,
    published_at,
    is_sample,
    note
from {{ ref('stg_rollcall__landed_file') }}
