/** What may stand in a slot. Image, Audio, Video and File are numbers of files (our reference, nextcloud 4, tasktypes). */
export type SlotType =
  | 'Number'
  | 'Text'
  | 'Image'
  | 'Audio'
  | 'Video'
  | 'File'
  | 'Enum'
  | 'ListOfNumbers'
  | 'ListOfTexts'
  | 'ListOfImages'
  | 'ListOfAudios'
  | 'ListOfVideos'
  | 'ListOfFiles';

/** One slot as it is described to people. */
export interface Slot {
  readonly name: string;
  readonly description: string;
  readonly type: SlotType;
}

/** One value of an Enum slot. */
export interface EnumValue {
  readonly name: string;
  readonly value: string;
}

/** A task type as `tasktypes` tells it, without its id and without `isInternal`. */
export interface TaskType {
  readonly name: string;
  readonly description: string;
  readonly optionalInputShape: Readonly<Record<string, Slot>>;
  readonly inputShapeEnumValues: Readonly<Record<string, readonly EnumValue[]>>;
  readonly inputShapeDefaults: Readonly<Record<string, string | number>>;
  readonly inputShape: Readonly<Record<string, Slot>>;
  readonly optionalInputShapeEnumValues: Readonly<Record<string, readonly EnumValue[]>>;
  readonly optionalInputShapeDefaults: Readonly<Record<string, string | number>>;
  readonly outputShape: Readonly<Record<string, Slot>>;
  readonly outputShapeEnumValues: Readonly<Record<string, readonly EnumValue[]>>;
  readonly optionalOutputShape: Readonly<Record<string, Slot>>;
  readonly optionalOutputShapeEnumValues: Readonly<Record<string, readonly EnumValue[]>>;
}

/** Whether a slot holds the number of a file, or several. */
export function holdsFiles(type: SlotType): boolean {
  return /Image|Audio|Video|File/.test(type);
}
