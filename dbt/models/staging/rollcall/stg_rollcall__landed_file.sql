select
    landed_sha256,
    source_id,
    file_name,
    origin,
    bytes as byte_count,
    published_at,
    is_sample,
    note
from {{ source('rollcall', 'landed_file') }}
