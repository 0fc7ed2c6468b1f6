<?php
// The people of people.json, as they are at this moment: a test changes them in a copy of the run's own.
$people = json_decode(file_get_contents(getenv('PARCLOSE_IDP_WORK') . '/people.json'), true);
$source = ['exampleauth:UserPass'];
foreach ($people as $user => $person) {
    $attributes = ['uid' => [$person['subject']], 'email' => [$person['email']], 'full_name' => [$person['full_name']]];
    $attributes += array_filter(['roles' => $person['roles'], 'groups' => $person['groups']] + $person['attributes']);
    $source[$user . ':' . $person['password']] = $attributes;
}
$config = ['people' => $source];
