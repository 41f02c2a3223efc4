{{ representation(
    'district',
    ['region_id', 'district_id'],
    ref('schools'),
    ref('dim_district'),
    ref('district_representation_by_group')
) }}
