with by_group as (
    select * from {{ ref('school_representation_by_group') }}
),

final as (
    {{ trend(['school_id'], 'by_group', ['region_id', 'school_code', 'school_name', 'district_name']) }}
)

select * from final
