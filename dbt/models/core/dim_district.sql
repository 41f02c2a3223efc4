with enrollment as (
    select
        school_year,
        district_code,
        1 as precedence,
        min(district_name) as district_name,
        min(esd_organization_id) as esd_organization_id
    from {{ ref('stg_ospi__enrollment_row') }}
    where district_code is not null
    group by school_year, district_code
),

teachers as (
    select
        school_year,
        district_code,
        2 as precedence,
        min(district_name) as district_name,
        min(esd_organization_id) as esd_organization_id
    from {{ ref('stg_ospi__teachers') }}
    where district_code is not null and organization_level in ('district', 'school')
    group by school_year, district_code
),

listed as (
    select
        school_year,
        district_code,
        3 as precedence,
        cast(null as {{ type_text() }}) as district_name,
        cast(null as {{ type_text() }}) as esd_organization_id
    from {{ ref('stg_road_map__school_list') }}
    group by school_year, district_code
),

named as (
    select * from enrollment
    union all
    select * from teachers
    union all
    select * from listed
),

districts_with_schools as (
    select district_code from {{ ref('stg_ospi__enrollment_row') }}
    where organization_level = 'school'
    union
    select district_code from {{ ref('stg_ospi__teachers') }}
    where organization_level = 'school'
),

not_districts as (
    select distinct named.district_code
    from named
    inner join {{ ref('stg_rollcall__correction') }} as corrections
        on named.district_code like corrections.district_code
    left join districts_with_schools
        on named.district_code = districts_with_schools.district_code
    where corrections.action = 'not_a_district' and districts_with_schools.district_code is null
),

-- The latest school year with a value decides.
ranked as (
    select
        named.*,
        row_number() over (
            partition by named.district_code
            order by case when named.district_name is null then 1 else 0 end, named.school_year desc, named.precedence
        ) as nth_by_name,
        row_number() over (
            partition by named.district_code
            order by
                case when named.esd_organization_id is null then 1 else 0 end,
                named.school_year desc,
                named.precedence
        ) as nth_by_esd
    from named
    left join not_districts
        on named.district_code = not_districts.district_code
    where not_districts.district_code is null
),

final as (
    select
        district_code as district_id,
        district_code,
        max(case when nth_by_name = 1 then district_name end) as district_name,
        substring(district_code, 1, 2) as county_id,
        max(case when nth_by_esd = 1 then esd_organization_id end) as esd_id
    from ranked
    group by district_code
)

select * from final
