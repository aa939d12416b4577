/** Shows `/openapi.json` for reading. Everything is made by DOM calls, so nothing in the document can become markup. */
(() => {
  const texts = {
    en: {
      title: 'Trellis API',
      search: 'Search',
      sections: 'Sections',
      none: 'Nothing matches.',
      failed: 'The document could not be loaded.',
      found: (count) => (count === 1 ? '1 operation' : `${count} operations`),
      access: 'Access',
      parameters: 'Parameters',
      body: 'Body',
      answers: 'Answers',
      required: 'required',
      anyOf: 'one of',
      auth: {
        public: 'Open to everybody.',
        'app-key': 'Authorization: Bearer with an API key of an app.',
        passport: 'X-App-Passport with a passport of GET /api/passport.',
        console:
          'A signed-in person: Authorization: Bearer with an access token, or the session cookie with X-CSRF-Token.',
      },
      permission: (name) => `Permission: ${name}`,
    },
    zh: {
      title: 'Trellis API',
      search: '搜索',
      sections: '分类',
      none: '没有匹配的接口。',
      failed: '无法加载文档。',
      found: (count) => `${count} 个接口`,
      access: '访问',
      parameters: '参数',
      body: '请求体',
      answers: '响应',
      required: '必填',
      anyOf: '其中之一',
      auth: {
        public: '无需认证。',
        'app-key': 'Authorization: Bearer 加应用的 API 密钥。',
        passport: 'X-App-Passport 加 GET /api/passport 得到的通行证。',
        console: '已登录用户：Authorization: Bearer 加访问令牌，或会话 Cookie 加 X-CSRF-Token。',
      },
      permission: (name) => `权限：${name}`,
    },
  };
  const language = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
  const text = texts[language];
  const byId = (id) => document.getElementById(id);
  const maxDepth = 6;

  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
  document.title = text.title;
  byId('search-label').textContent = text.search;
  byId('sections').setAttribute('aria-label', text.sections);

  function element(name, options = {}, children = []) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(options)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  let components = { schemas: {}, responses: {} };

  function resolve(value) {
    if (typeof value?.$ref !== 'string') return { value, name: undefined };
    const [, , kind, name] = value.$ref.split('/');
    return { value: { ...components[kind][name], ...value }, name };
  }

  function typeOf(schema) {
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.type === 'array') return `${typeOf(resolve(schema.items ?? {}).value) || 'any'}[]`;
    if (Array.isArray(schema.type)) return schema.type.join(' | ');
    return schema.format ? `${schema.type} (${schema.format})` : (schema.type ?? '');
  }

  function limits(schema) {
    const known = ['default', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern'];
    return known
      .filter((key) => schema[key] !== undefined)
      .map((key) => `${key} ${JSON.stringify(schema[key])}`)
      .join(', ');
  }

  function field(name, given, { isRequired, depth, seen }) {
    const { value: schema, name: component } = resolve(given);
    const notes = [
      component ?? typeOf(schema),
      isRequired ? text.required : '',
      limits(schema),
      schema.description ?? '',
    ];
    const item = element('li', {}, [
      element('code', {}, [name]),
      ' ',
      element('span', { class: 'quiet' }, [notes.filter((note) => note !== '').join(' · ')]),
    ]);
    const inner = schema.type === 'array' ? (schema.items ?? {}) : given;
    const children = fields(inner, { depth: depth + 1, seen });
    if (children) item.append(children);
    return item;
  }

  /** The fields below a schema, or nothing for a plain value. A schema inside itself is named, not repeated. */
  function fields(given, { depth = 0, seen = [] } = {}) {
    const { value: schema, name } = resolve(given);
    if (depth > maxDepth || (name && seen.includes(name))) return undefined;
    const path = name ? [...seen, name] : seen;
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) {
      const items = choices.map((choice, index) =>
        field(`${text.anyOf} ${index + 1}`, choice, { isRequired: false, depth, seen: path }),
      );
      return element('ul', {}, items);
    }
    const properties = Object.entries(schema.properties ?? {});
    if (properties.length === 0) return undefined;
    const required = new Set(schema.required ?? []);
    const items = properties.map(([key, value]) =>
      field(key, value, { isRequired: required.has(key), depth, seen: path }),
    );
    return element('ul', {}, items);
  }

  function contentOf(content) {
    return Object.entries(content ?? {}).flatMap(([type, { schema }]) => {
      const { value, name } = resolve(schema);
      const line = element('div', {}, [
        element('code', {}, [type]),
        ' ',
        element('span', { class: 'quiet' }, [name ?? typeOf(value)]),
      ]);
      return [line, fields(value.type === 'array' ? (value.items ?? {}) : schema) ?? ''];
    });
  }

  function answersOf(operation) {
    return Object.entries(operation.responses).map(([status, given]) => {
      const { value } = resolve(given);
      const isFailure = Number(status) >= 400;
      const lines = value.description
        .split('\n\n')
        .map((line) => element('div', {}, [line.replaceAll('`', '')]));
      return element('li', {}, [
        element('code', {}, [status]),
        ...(isFailure ? lines : contentOf(value.content)),
      ]);
    });
  }

  function detailsOf(operation) {
    const parts = [element('h3', {}, [text.access]), element('div', {}, [text.auth[operation['x-auth']]])];
    if (operation['x-permission']) {
      parts.push(element('div', { class: 'quiet' }, [text.permission(operation['x-permission'])]));
    }
    if (operation.parameters) {
      const items = operation.parameters.map((parameter) =>
        field(
          parameter.name,
          { description: parameter.description, ...parameter.schema },
          {
            isRequired: parameter.required,
            depth: 0,
            seen: [],
          },
        ),
      );
      parts.push(element('h3', {}, [text.parameters]), element('ul', {}, items));
    }
    if (operation.requestBody) {
      parts.push(element('h3', {}, [text.body]), ...contentOf(operation.requestBody.content));
    }
    parts.push(element('h3', {}, [text.answers]), element('ul', {}, answersOf(operation)));
    return element('div', {}, parts);
  }

  /** An operation's details are made when it is opened: there are hundreds. */
  function show({ method, path, operation }) {
    const summary = element('summary', {}, [
      element('span', { class: `method ${method}` }, [method.toUpperCase()]),
      element('code', {}, [path]),
      element('span', { class: 'quiet' }, [operation.summary]),
    ]);
    const details = element('details', { class: 'operation', id: operation.operationId }, [summary]);
    details.addEventListener('toggle', () => {
      if (details.open && details.childElementCount === 1) details.append(detailsOf(operation));
    });
    return details;
  }

  function matches({ method, path, operation }, words) {
    const haystack = `${method} ${path} ${operation.summary} ${operation.tags.join(' ')}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  }

  function render(entries) {
    const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = entries.filter((entry) => matches(entry, words));
    const byTag = Map.groupBy(found, (entry) => entry.operation.tags[0] ?? '');
    const sections = [];
    const links = [];
    for (const [tag, members] of byTag) {
      const id = `section-${tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
      links.push(element('a', { href: `#${id}` }, [tag, element('span', {}, [String(members.length)])]));
      sections.push(element('h2', { id }, [tag]), ...members.map(show));
    }
    byId('sections').replaceChildren(...links);
    byId('operations').replaceChildren(...sections);
    byId('status').textContent = found.length === 0 ? text.none : text.found(found.length);
  }

  function openNamed() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) target.open = true;
    target?.scrollIntoView();
  }

  async function start() {
    // biome-ignore lint/style/noRestrictedGlobals: this runs in a browser and asks its own server
    const answer = await fetch('/openapi.json');
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const description = await answer.json();
    components = description.components;
    const entries = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
    );
    byId('search').addEventListener('input', () => render(entries));
    render(entries);
    openNamed();
    addEventListener('hashchange', openNamed);
  }

  start().catch(() => {
    byId('status').textContent = text.failed;
  });
})();
