{{ representation_by_group(
    'district',
    ['region_id', 'district_id'],
    ref('int_school_composition'),
    ref('dim_district'),
    ref('dim_demographic_group')
) }}
