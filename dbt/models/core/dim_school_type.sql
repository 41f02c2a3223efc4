select
    school_type_id,
    school_type_name,
    sort_order
from {{ ref('school_types') }}
