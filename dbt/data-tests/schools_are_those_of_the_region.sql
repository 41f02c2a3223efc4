-- The schools data set has every school of the region once per year, and no other.
with region as (
    select school_year, school_id from {{ ref('bridge_school_region') }}
),

schools as (
    select school_year, school_id from {{ ref('schools') }}
)

select school_year, school_id, 'not in schools' as what
from region
where not exists (
    select 1 from schools
    where schools.school_year = region.school_year and schools.school_id = region.school_id
)
union all
select school_year, school_id, 'not in the region' as what
from schools
where not exists (
    select 1 from region
    where region.school_year = schools.school_year and region.school_id = schools.school_id
)
