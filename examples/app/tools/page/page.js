const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)

// One page with a row for each value that is there.
export function page(environment, values) {
  const rows = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<tr><th>${name}</th><td>${escaped(value)}</td></tr>`)
  return `<!doctype html>
<meta charset="utf-8">
<title>Salon (${escaped(environment)})</title>
<table>
${rows.join('\n')}
</table>
`
}
