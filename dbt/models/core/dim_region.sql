select
    region_id,
    region_name,
    place,
    state,
    sort_order
from {{ ref('regions') }}
