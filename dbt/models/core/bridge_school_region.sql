select
    school_year,
    school_id,
    region_id,
    list_school_year,
    is_carried_over
from {{ ref('int_region_school') }}
where is_in_region
