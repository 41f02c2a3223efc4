with source_rows as (
    select * from {{ source('ospi', 'ospi_teachers') }}
),

labels as (
    select * from {{ ref('demographic_labels') }}
    where source_id = 'ospi-teachers'
),

regional_totals as (
    select * from {{ ref('stg_ospi__regional_total') }}
),

final as (
    select
        {{ ospi_organization() }},
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
    left join regional_totals
        on source_rows.district_code = regional_totals.district_code
)

select * from final
