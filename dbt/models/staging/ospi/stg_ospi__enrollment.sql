with figures as (
    select * from {{ source('ospi', 'ospi_enrollment') }}
),

source_rows as (
    select * from {{ ref('stg_ospi__enrollment_row') }}
),

labels as (
    select * from {{ ref('demographic_labels') }}
    where source_id = 'ospi-enrollment'
),

-- From the source again: what is read of a CTE twice is kept, and that is every figure.
published_labels as (
    select distinct demographic_label from {{ source('ospi', 'ospi_enrollment') }}
),

groups as (
    select
        published_labels.demographic_label,
        labels.demographic_group_id
    from published_labels
    left join labels
        on {{ label_key('published_labels.demographic_label') }} = labels.label_key
),

final as (
    select
        figures.landed_sha256,
        figures.line_number,
        source_rows.school_year,
        source_rows.organization_level,
        source_rows.is_regional_total,
        source_rows.district_id,
        source_rows.school_id,
        source_rows.grade_id,
        figures.demographic_label,
        groups.demographic_group_id,
        figures.student_count,
        figures.student_count_status,
        figures.printed_student_count
    from figures
    inner join source_rows
        on figures.landed_sha256 = source_rows.landed_sha256
        and figures.line_number = source_rows.line_number
    inner join groups
        on figures.demographic_label = groups.demographic_label
)

select * from final
