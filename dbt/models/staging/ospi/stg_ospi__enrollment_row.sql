with source_rows as (
    select * from {{ source('ospi', 'ospi_enrollment_row') }}
),

grade_labels as (
    select * from {{ ref('grade_labels') }}
    where source_id = 'ospi-enrollment'
),

regional_totals as (
    select * from {{ ref('stg_ospi__regional_total') }}
),

final as (
    select
        source_rows.landed_sha256,
        source_rows.line_number,
        source_rows.school_year,
        source_rows.organization_level,
        coalesce(
            source_rows.organization_level = 'district' and regional_totals.district_code is not null,
            false
        ) as is_regional_total,
        substring(source_rows.district_code, 1, 2) as county_id,
        substring(source_rows.district_code, 1, 2) as county_code,
        source_rows.county as county_name,
        source_rows.esd_organization_id as esd_id,
        source_rows.esd_name,
        source_rows.district_code as district_id,
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
    left join regional_totals
        on source_rows.district_code = regional_totals.district_code
)

select * from final
