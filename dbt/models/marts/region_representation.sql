with by_group as (
    select * from {{ ref('region_representation_by_group') }}
),

regions as (
    select
        school_regions.school_year,
        regions.region_id,
        regions.region_name,
        cast(count(*) as integer) as school_count
    from {{ ref('bridge_school_region') }} as school_regions
    inner join {{ ref('dim_region') }} as regions
        on school_regions.region_id = regions.region_id
    group by school_regions.school_year, regions.region_id, regions.region_name
),

final as (
    {{ representation('region', ['region_id'], 'regions', 'by_group') }}
)

select * from final
