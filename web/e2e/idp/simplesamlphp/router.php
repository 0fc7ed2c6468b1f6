<?php
// Lets PHP's own server stand for a web server that has SimpleSAMLphp under /simplesaml.
$root = (getenv('PARCLOSE_IDP_SIMPLESAMLPHP') ?: '/usr/share/simplesamlphp') . '/www';
$work = getenv('PARCLOSE_IDP_WORK');
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/control/service-provider') {
    file_put_contents("$work/service-provider.xml", file_get_contents('php://input'));
    echo '{}';
    return true;
}
if ($path === '/control/person') {
    $change = json_decode(file_get_contents('php://input'), true);
    $people = json_decode(file_get_contents("$work/people.json"), true);
    $who = $change['who'];
    unset($change['who']);
    $people[$who] = array_replace($people[$who], $change);
    file_put_contents("$work/people.json", json_encode($people));
    echo '{}';
    return true;
}
if ($path === '/metadata') {
    $path = '/simplesaml/saml2/idp/metadata.php';
}
if (!preg_match('~^/simplesaml(/.*)$~', $path, $found)) {
    http_response_code(404);
    return true;
}
// The longest part that is a program; the rest is what it is asked for.
$parts = explode('/', ltrim($found[1], '/'));
for ($n = count($parts); $n > 0; $n--) {
    $file = $root . '/' . implode('/', array_slice($parts, 0, $n));
    $real = realpath($file);
    if ($real === false || !is_file($real)) {
        continue;
    }
    if (substr($file, -4) !== '.php') {
        $kinds = ['css' => 'text/css', 'js' => 'text/javascript', 'png' => 'image/png', 'ico' => 'image/x-icon'];
        header('content-type: ' . ($kinds[pathinfo($file, PATHINFO_EXTENSION)] ?? 'application/octet-stream'));
        readfile($real);
        return true;
    }
    $script = '/simplesaml/' . implode('/', array_slice($parts, 0, $n));
    $rest = array_slice($parts, $n);
    $_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $script;
    $_SERVER['SCRIPT_FILENAME'] = $real;
    $_SERVER['PATH_INFO'] = $rest === [] ? '' : '/' . implode('/', $rest);
    chdir(dirname($real));
    require $real;
    return true;
}
http_response_code(404);
return true;
