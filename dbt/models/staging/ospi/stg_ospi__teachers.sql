with source_rows as (
    select * from {{ source('ospi', 'ospi_teachers') }}
),

labels as (
    select * from {{ ref('demographic_labels') }}
    where source_id = 'ospi-teachers'
),

final as (
    select
        source_rows.landed_sha256,
        source_rows.line_number,
        source_rows.school_year,
        source_rows.organization_level,
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
        source_rows.demographic_category_type,
        source_rows.demographic_label,
        labels.demographic_group_id,
        source_rows.teacher_total_count,
        source_rows.teacher_count,
        source_rows.teacher_count_status,
        source_rows.years_of_experience_sum,
        cast(source_rows.masters_or_higher_count as integer) as masters_or_higher_count,
        source_rows.data_as_of as data_as_of_on
    from source_rows
    left join labels
        on {{ label_key('source_rows.demographic_category_type') }} = labels.category_type_key
        and {{ label_key('source_rows.demographic_label') }} = labels.label_key
)

select * from final
