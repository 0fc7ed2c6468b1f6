<?php
// Whom it serves: what the test wrote, read by SimpleSAMLphp's own parser.
$file = getenv('PARCLOSE_IDP_WORK') . '/service-provider.xml';
if (is_file($file)) {
    foreach (\SimpleSAML\Metadata\SAMLParser::parseDescriptorsString(file_get_contents($file)) as $id => $entity) {
        $read = $entity->getMetadata20SP();
        unset($read['entityDescriptor']);
        $metadata[$id] = $read;
    }
}
