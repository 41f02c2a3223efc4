with source_rows as (
    select * from {{ source('raw', 'ospi_enrollment_row') }}
),

grade_labels as (
    select * from {{ ref('grade_labels') }}
),

-- Both of these read the source again: a CTE that is read more than once is materialized, here with every row.
-- corrections.yml: the total of an educational service district, published as a separate district.
not_districts as (
    select distinct published.district_code
    from {{ source('raw', 'ospi_enrollment_row') }} as published
    inner join {{ ref('stg_rollcall__correction') }} as corrections
        on published.district_code like corrections.district_code
    where corrections.action = 'not_a_district'
),

districts_with_schools as (
    select distinct
        school_year,
        district_code
    from {{ source('raw', 'ospi_enrollment_row') }}
    where organization_level = 'school'
),

final as (
    select
        source_rows.landed_sha256,
        source_rows.line_number,
        source_rows.school_year,
        source_rows.organization_level,
        coalesce(
            source_rows.organization_level = 'district'
            and districts_with_schools.district_code is null
            and not_districts.district_code is not null,
            false
        ) as is_regional_total,
        source_rows.county as county_name,
        source_rows.esd_organization_id,
        source_rows.esd_name,
        source_rows.district_code,
        source_rows.district_name,
        source_rows.school_code,
        source_rows.school_name,
        case
            when source_rows.organization_level = 'school'
            then {{ school_id('source_rows.district_code', 'source_rows.school_code') }}
        end as school_id,
        source_rows.current_school_type as school_type_code,
        source_rows.grade_level,
        grade_labels.grade_id,
        source_rows.suppression_note,
        source_rows.data_as_of as data_as_of_on
    from source_rows
    left join grade_labels
        on {{ label_key('source_rows.grade_level') }} = grade_labels.label_key
    left join districts_with_schools
        on source_rows.school_year = districts_with_schools.school_year
        and source_rows.district_code = districts_with_schools.district_code
    left join not_districts
        on source_rows.district_code = not_districts.district_code
)

select * from final
