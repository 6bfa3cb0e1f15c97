-- Formats groups of citations in one pandoc process: reads a job list as JSON from standard input, writes the
-- results as JSON. One start of pandoc serves many small runs of its citation engine, whose time grows faster
-- than the number of works in a run.
--
-- In:  {csl = path, lang = string?, end = string, jobs = {{bibliography = path, keys, marks = {{items, narrative}}}}}
-- Out: {{html = string} or {failed = string} ...}, one a job: all works, the marks in order, the list of references,
--      with `end` between them. A job that fails says why, so that the others are not lost with it.

local input = pandoc.json.decode(io.read('a'), false)

--- Prefixes and suffixes are Markdown; most are plain words and need no parser.
local function inlines(text)
  if text == '' then return pandoc.Inlines {} end
  local lead = text:match('^%s') and pandoc.Inlines { pandoc.Space() } or pandoc.Inlines {}
  if text:find('[%*_`%[%]<>\\{}$~^&"\'@!]') or text:find('%-%-') then
    local blocks = pandoc.read(text, 'markdown-citations').blocks
    return lead .. pandoc.utils.blocks_to_inlines(blocks)
  end
  return lead .. pandoc.Inlines(text)
end

local function citation(item, narrative)
  local mode = narrative and 'AuthorInText' or (item.author and 'NormalCitation' or 'SuppressAuthor')
  return pandoc.Citation(item.key, mode, inlines(item.prefix), inlines(item.suffix))
end

local function paragraph(mark)
  local citations = {}
  -- Only the first work of a bare word is named in the sentence; others stand with its year.
  for index, item in ipairs(mark.items) do
    citations[index] = citation(item, mark.narrative and index == 1)
  end
  return pandoc.Para { pandoc.Cite({ pandoc.Str '' }, citations) }
end

--- Cites all works of a run, before any mark: where the style leaves the order of two works open, the engine takes
--- the order in which they are met, and that has to be the same in every run.
local function roll(keys)
  local citations = {}
  for index, key in ipairs(keys) do citations[index] = pandoc.Citation(key, 'NormalCitation') end
  return pandoc.Para { pandoc.Cite({ pandoc.Str '' }, citations) }
end

local options = pandoc.WriterOptions { wrap_text = 'none' }

local function run(job)
  local separator = pandoc.RawBlock('html', input['end'])
  local blocks = { roll(job.keys), separator }
  for _, mark in ipairs(job.marks) do
    blocks[#blocks + 1] = paragraph(mark)
    blocks[#blocks + 1] = separator
  end
  local done = pandoc.utils.citeproc(pandoc.Pandoc(blocks, {
    bibliography = job.bibliography,
    csl = input.csl,
    lang = input.lang,
    ['link-citations'] = true,
    ['link-bibliography'] = true,
  }))
  -- Without its metadata: handing the works back and forth costs more than writing the page.
  return pandoc.write(pandoc.Pandoc(done.blocks), 'html', options)
end

local results = {}
for index, job in ipairs(input.jobs) do
  local ok, html = pcall(run, job)
  results[index] = ok and { html = html } or { failed = tostring(html) }
end
io.write(pandoc.json.encode(results))
