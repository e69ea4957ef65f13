/**
 * Which packages a lean Open WebUI needs. Its wheel asks for some 110, among them several GB of machine learning that a server
 * without local models never imports. What is left out is named, not what is taken, so that a new version's new needs are met by themselves.
 */

/** Never installed: local models, speech, OCR, and clients of databases that are not used here. */
const unneeded = new Set([
  // Local models, embeddings, speech, OCR. These bring torch, CUDA and the like.
  'accelerate',
  'colbert-ai',
  'einops',
  'faster-whisper',
  'onnxruntime',
  'opencv-python-headless',
  'rapidocr',
  'rapidocr-onnxruntime',
  'sentence-transformers',
  'sentencepiece',
  'soundfile',
  'transformers',
  // Tables and office documents beyond plain text and PDF.
  'pandas',
  'pyarrow',
  'unstructured',
  'pypandoc',
  'azure-ai-documentintelligence',
  // Other vector stores and databases.
  'azure-search-documents',
  'elasticsearch',
  'mariadb',
  'opensearch-py',
  'oracledb',
  'pgvector',
  'pinecone',
  'psycopg',
  'psycopg2-binary',
  'pymilvus',
  'pymysql',
  'qdrant-client',
  'weaviate-client',
  // Browsers, containers, test tools.
  'docker',
  'gcp-storage-emulator',
  'moto',
  'playwright',
  'pytest',
  'pytest-docker',
]);

/** The requirements of a wheel's METADATA that a lean server needs, pinned as the wheel pins them. Optional extras are left out. */
export function leanRequirements(metadata: string): string[] {
  const [head = ''] = metadata.split(/\r?\n\r?\n/, 1);
  return head.split(/\r?\n/).flatMap((line) => {
    const requirement = /^Requires-Dist:\s*(.+)$/i.exec(line)?.[1]?.trim();
    if (requirement === undefined || /;.*\bextra\s*==/.test(requirement)) return [];
    return unneeded.has(distributionOf(requirement)) ? [] : [requirement];
  });
}

/** A requirement's package name in the index's own spelling: lower case, runs of `-_.` as one `-`. */
function distributionOf(requirement: string): string {
  const name = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/.exec(requirement)?.[0] ?? '';
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The newest version in what `pip index versions` prints ("open-webui (0.12.4)"), or null. pip names only what this Python can install. */
export function newestOf(pipOutput: string): string | null {
  return /^open-webui \((\d+\.\d+\.\d+)\)/m.exec(pipOutput)?.[1] ?? null;
}

/** Orders versions such as 0.9.6 and 0.12.4 by number, oldest first. */
export function byVersion(left: string, right: string): number {
  const [a, b] = [left.split('.').map(Number), right.split('.').map(Number)];
  for (let at = 0; at < 3; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
