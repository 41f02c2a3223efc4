select
    demographic_group_id,
    demographic_group,
    category_type,
    is_of_color,
    complement_group_id,
    sort_order
from {{ ref('demographic_groups') }}
