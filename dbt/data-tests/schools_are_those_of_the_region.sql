-- The schools data set has every school of every region once a year, and no other.
select
    coalesce(regions.school_year, schools.school_year) as school_year,
    coalesce(regions.region_id, schools.region_id) as region_id,
    coalesce(regions.school_id, schools.school_id) as school_id,
    case when schools.school_id is null then 'not in schools' else 'not in the region' end as what
from {{ ref('bridge_school_region') }} as regions
full outer join {{ ref('schools') }} as schools
    on regions.school_year = schools.school_year
    and regions.region_id = schools.region_id
    and regions.school_id = schools.school_id
where regions.school_id is null or schools.school_id is null
