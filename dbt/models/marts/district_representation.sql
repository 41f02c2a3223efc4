with by_group as (
    select * from {{ ref('district_representation_by_group') }}
),

districts as (
    select
        schools.school_year,
        schools.region_id,
        districts.district_id,
        districts.district_name,
        cast(count(*) as integer) as school_count
    from {{ ref('schools') }} as schools
    inner join {{ ref('dim_district') }} as districts
        on schools.district_id = districts.district_id
    group by schools.school_year, schools.region_id, districts.district_id, districts.district_name
),

final as (
    {{ representation('district', ['region_id', 'district_id'], 'districts', 'by_group') }}
)

select * from final
