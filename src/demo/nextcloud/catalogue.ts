import type { EnumValue, Slot, SlotType, TaskType } from './shapes.ts';

const slot = (type: SlotType, name: string, description: string): Slot => ({ name, description, type });

/** A task type; what is not given is empty. The order of keys is the server's. */
function type(
  name: string,
  description: string,
  inputShape: TaskType['inputShape'],
  outputShape: TaskType['outputShape'],
  more: Partial<TaskType> = {},
): TaskType {
  return {
    name,
    description,
    optionalInputShape: more.optionalInputShape ?? {},
    inputShapeEnumValues: more.inputShapeEnumValues ?? {},
    inputShapeDefaults: more.inputShapeDefaults ?? {},
    inputShape,
    optionalInputShapeEnumValues: more.optionalInputShapeEnumValues ?? {},
    optionalInputShapeDefaults: more.optionalInputShapeDefaults ?? {},
    outputShape,
    outputShapeEnumValues: {},
    optionalOutputShape: {},
    optionalOutputShapeEnumValues: {},
  };
}

/** What the provider behind prompts and summaries adds of its own. */
const tuned: Partial<TaskType> = {
  optionalInputShape: {
    max_tokens: slot('Number', 'Maximum output words', 'The maximum number of words/tokens'),
    model: slot('Enum', 'Model', 'The model used to generate the output'),
  },
  optionalInputShapeEnumValues: {
    model: [
      { name: 'Model 1', value: 'model_1' },
      { name: 'Model 2', value: 'model_2' },
    ],
  },
  optionalInputShapeDefaults: { max_tokens: 1234, model: 'model_2' },
};

const languages: readonly EnumValue[] = [
  { name: 'English (US)', value: 'en' },
  { name: 'French', value: 'fr' },
  { name: 'German', value: 'de' },
];

/** The task types with a provider, by id, with the server's English words (our reference, nextcloud, transcripts of 32 and 34). */
export const catalogue: Readonly<Record<string, TaskType>> = {
  'core:text2text': type(
    'Free text to text prompt',
    'Runs an arbitrary prompt through a language model that returns a reply',
    { input: slot('Text', 'Prompt', 'Describe a task that you want the assistant to do or ask a question') },
    { output: slot('Text', 'Generated reply', 'The generated text from the assistant') },
    tuned,
  ),
  'core:text2text:topics': type(
    'Extract topics',
    'Extracts topics from a text and outputs them separated by commas',
    { input: slot('Text', 'Original text', 'The original text to extract topics from') },
    { output: slot('Text', 'Topics', 'The list of extracted topics') },
  ),
  'core:text2text:headline': type(
    'Generate a headline',
    'Generates a possible headline for a text.',
    { input: slot('Text', 'Original text', 'The original text to generate a headline for') },
    { output: slot('Text', 'Headline', 'The generated headline') },
  ),
  'core:text2text:summary': type(
    'Summarize',
    'Summarizes a text',
    { input: slot('Text', 'Original text', 'The original text to summarize') },
    { output: slot('Text', 'Summary', 'The generated summary') },
    tuned,
  ),
  'core:text2text:chat': type(
    'Chat',
    'Chat with the assistant',
    {
      system_prompt: slot(
        'Text',
        'System prompt',
        'Define rules and assumptions that the assistant should follow during the conversation.',
      ),
      input: slot('Text', 'Chat message', 'Describe a task that you want the assistant to do or ask a question'),
      history: slot(
        'ListOfTexts',
        'Chat history',
        'The history of chat messages before the current message, starting with a message by the user',
      ),
    },
    { output: slot('Text', 'Response message', 'The generated response as part of the conversation') },
  ),
  'core:text2text:translate': type(
    'Translate',
    'Translate text from one language to another',
    {
      input: slot('Text', 'Origin text', 'The text to translate'),
      origin_language: slot('Enum', 'Origin language', 'The language of the origin text'),
      target_language: slot('Enum', 'Target language', 'The desired language to translate the origin text in'),
    },
    { output: slot('Text', 'Result', 'The translated text') },
    {
      inputShapeEnumValues: {
        origin_language: [{ name: 'Detect language', value: 'detect_language' }, ...languages],
        target_language: languages,
      },
      inputShapeDefaults: { origin_language: 'detect_language' },
    },
  ),
  'core:text2text:reformulation': type(
    'Reformulate text',
    'Takes a text and reformulates it',
    { input: slot('Text', 'Input text', 'Write a text that you want the assistant to reformulate') },
    { output: slot('Text', 'Reformulated text', 'The reformulated text, written by the assistant') },
  ),
  'core:text2image': type(
    'Generate image',
    'Generate an image from a text prompt',
    {
      input: slot('Text', 'Prompt', 'Describe the image you want to generate'),
      numberOfImages: slot('Number', 'Number of images', 'How many images to generate'),
    },
    { images: slot('ListOfImages', 'Output images', 'The generated images') },
    {
      optionalInputShape: {
        size: slot('Text', 'Size', 'Optional. The size of the generated images. Must be in 256x256 format.'),
      },
    },
  ),
  'core:audio2text': type(
    'Transcribe audio',
    'Transcribe the things said in an audio',
    { input: slot('Audio', 'Audio input', 'The audio to transcribe') },
    { output: slot('Text', 'Transcription', 'The transcribed text') },
  ),
  'core:contextwrite': type(
    'Context write',
    'Writes text in a given style based on the provided source material.',
    {
      style_input: slot('Text', 'Writing style', 'Demonstrate a writing style that you would like to immitate'),
      source_input: slot(
        'Text',
        'Source material',
        'The content that would like to be rewritten in the new writing style',
      ),
    },
    {
      output: slot(
        'Text',
        'Generated text',
        'The generated text with content from the source material in the given style',
      ),
    },
  ),
  'core:text2text:changetone': type(
    'Change Tone',
    'Change the tone of a piece of text.',
    {
      input: slot('Text', 'Input text', 'Write a text that you want the assistant to rewrite in another tone.'),
      tone: slot('Enum', 'Desired tone', 'In which tone should your text be rewritten?'),
    },
    {
      output: slot('Text', 'Generated response', 'The rewritten text in the desired tone, written by the assistant:'),
    },
    {
      inputShapeEnumValues: {
        tone: [
          { name: 'Friendlier', value: 'friendlier' },
          { name: 'More formal', value: 'more_formal' },
        ],
      },
    },
  ),
  'core:text2text:proofread': type(
    'Proofread',
    'Proofreads a text and lists corrections',
    { input: slot('Text', 'Text', 'The text to proofread') },
    { output: slot('Text', 'Corrections', 'The corrections that should be made in your text') },
  ),
  'core:text2speech': type(
    'Generate speech',
    'Generate speech from a transcript',
    { input: slot('Text', 'Prompt', 'Write transcript that you want the assistant to generate speech from') },
    { speech: slot('Audio', 'Output speech', 'The generated speech') },
  ),
  'core:analyze-images': type(
    'Analyze images',
    'Ask a question about the given images.',
    {
      images: slot('ListOfImages', 'Images', 'Images to ask a question about'),
      input: slot('Text', 'Question', 'What to ask about the images.'),
    },
    { output: slot('Text', 'Generated response', 'The answer to the question') },
  ),
};

/** A building block of other apps, which 33 and later mark as internal: clients do not offer it. */
export const internal: Readonly<Record<string, TaskType>> = {
  'core:text2text:chatwithtools': type(
    'Chat with tools',
    'Chat with the language model with tool calling support.',
    {
      system_prompt: slot('Text', 'System prompt', 'Rules for the conversation'),
      input: slot('Text', 'Chat message', 'The message to answer'),
      tool_message: slot('Text', 'Tool message', 'The results of tool calls'),
      history: slot('ListOfTexts', 'Chat history', 'The messages before'),
      tools: slot('Text', 'Available tools', 'The tools, as JSON'),
    },
    {
      output: slot('Text', 'Response message', 'The answer'),
      tool_calls: slot('Text', 'Tool calls', 'The tools to call, as JSON'),
    },
  ),
};

/** The few words of an account in German that our reference shows; everything else stays English. */
export const german: Readonly<Record<string, { readonly name: string; readonly description: string }>> = {
  'core:text2text': {
    name: 'Freie Text-zu-Text-Eingabeaufforderung',
    description: 'Führt eine beliebige Eingabeaufforderung mit einem Sprachmodell aus, das eine Antwort zurückgibt',
  },
};

/** A task type of the old API, and the new one's id that does its work. */
export interface OldType {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly runs: string;
}

/** The old API's types (our reference, nextcloud 3). */
export const oldTypes: readonly OldType[] = [
  {
    id: 'OCP\\TextProcessing\\FreePromptTaskType',
    name: 'Free prompt',
    description: 'Runs an arbitrary prompt through the language model.',
    runs: 'core:text2text',
  },
  {
    id: 'OCP\\TextProcessing\\HeadlineTaskType',
    name: 'Generate headline',
    description: 'Generates a possible headline for a text.',
    runs: 'core:text2text:headline',
  },
  {
    id: 'OCP\\TextProcessing\\SummaryTaskType',
    name: 'Summarize',
    description: 'Summarizes text by reducing its length without losing key information.',
    runs: 'core:text2text:summary',
  },
  {
    id: 'OCP\\TextProcessing\\TopicsTaskType',
    name: 'Extract topics',
    description: 'Extracts topics from a text and outputs them separated by commas.',
    runs: 'core:text2text:topics',
  },
];
