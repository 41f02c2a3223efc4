with by_group as (
    select * from {{ ref('school_representation_by_group') }}
),

final as (
    {{ trend('school', 'by_group', ['school_code', 'school_name', 'district_name']) }}
)

select * from final
