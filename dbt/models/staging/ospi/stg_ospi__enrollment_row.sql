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
        {{ ospi_organization() }},
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
