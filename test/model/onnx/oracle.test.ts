/** The reader against @bufbuild/protobuf, which knows onnx.proto from its own descriptor, on every fixture. */
import { existsSync, readFileSync } from 'node:fs';
import {
  create,
  createFileRegistry,
  type DescMessage,
  equals,
  fromBinary,
  type Message as ProtoMessage,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../src/bytes/source.js';
import { readModel } from '../../../src/model/onnx/read-model.js';
import { openOnnx } from '../../../src/model/open-onnx.js';
import { bytesOf, CASES, openFixture } from './fixtures.js';

const descriptor = fromBinary(FileDescriptorProtoSchema, bytesOf('onnx-ml.desc'));
const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [descriptor] }));
const MODEL: DescMessage = registry.getMessage('onnx.ModelProto')!;

// biome-ignore lint/suspicious/noExplicitAny: messages of a descriptor that is read at run time have no static type.
type Any = any;

const decode = (bytes: Uint8Array): Any => fromBinary(MODEL, bytes) as ProtoMessage;

const SHARED = ['SqueezeNet_fp16', 'shufflenet-v2-12-int8', 'squeezenet_dao_fp16'].map(
  (name) => new URL(`../../../../shared/testdata/models/${name}.onnx`, import.meta.url),
);

const files: [string, Uint8Array][] = Object.keys(CASES).map((name) => [name, bytesOf(`${name}.onnx`)]);
for (const url of SHARED)
  if (existsSync(url)) files.push([url.pathname.split('/').at(-1)!, new Uint8Array(readFileSync(url))]);

function dimsOf(type: Any): (number | null)[] | null {
  const { shape } = type;
  if (!shape) return null;
  return shape.dim.map(({ value }: Any) =>
    value.case === 'dimValue' && value.value > 0n ? Number(value.value) : null,
  );
}

describe.each(files)('%s', (name, bytes) => {
  const ours = readModel(bytes, name);
  const theirs = decode(bytes);

  it('has the same nodes', () => {
    const nodes = theirs.graph.node.map((node: Any) => ({
      op: node.opType,
      domain: node.domain === 'ai.onnx' ? '' : node.domain,
      name: node.name,
      inputs: node.input,
      outputs: node.output,
      attributes: Object.fromEntries(
        node.attribute
          .filter(({ type }: Any) => [1, 2, 3, 6, 7].includes(type))
          .map(({ name, type, f, i, s, floats, ints }: Any) => [
            name,
            [
              {},
              { type: 'float', value: f },
              { type: 'int', value: Number(i) },
              { type: 'string', value: new TextDecoder('latin1').decode(s) },
              {},
              {},
              { type: 'floats', value: floats },
              { type: 'ints', value: ints.map(Number) },
            ][type],
          ]),
      ),
    }));
    expect(
      ours.graph.nodes.map(({ op, domain, name, inputs, outputs, attributes }) => {
        return { op, domain, name, inputs, outputs, attributes: { ...attributes } };
      }),
    ).toEqual(nodes);
  });

  it('has the same weights, and spans that hold them', () => {
    const tensor = registry.getMessage('onnx.TensorProto')!;
    const weights = theirs.graph.initializer.map((weight: Any) => [
      weight.name,
      weight.dataType,
      weight.dims.map(Number),
    ]);
    const found = [...ours.graph.initialisers.values()];
    expect(found.map(({ name, elementType, dims }) => [name, elementType, dims])).toEqual(weights);
    for (const [index, { span }] of found.entries()) {
      // The content follows the tag and a length of as many bytes as it needs.
      const field = bytes.subarray(span.start, span.end);
      const content = field.subarray(1 + [...field.subarray(1)].findIndex((byte) => byte < 0x80) + 1);
      expect(equals(tensor, fromBinary(tensor, content), theirs.graph.initializer[index])).toBe(true);
    }
  });

  it('has the same inputs, outputs, versions and metadata', () => {
    const describe = (values: Any) =>
      values.map(({ name, type }: Any) => {
        const tensor = type?.value.case === 'tensorType' ? type.value.value : {};
        return [name, tensor.elemType ?? 0, dimsOf(tensor)];
      });
    const { inputs, outputs, values } = ours.graph;
    const own = (list: typeof inputs) => list.map(({ name, elementType, dims }) => [name, elementType, dims]);
    expect(own(inputs)).toEqual(describe(theirs.graph.input));
    expect(own(outputs)).toEqual(describe(theirs.graph.output));
    expect(own([...values.values()])).toEqual(describe(theirs.graph.valueInfo));
    expect(ours.irVersion).toBe(Number(theirs.irVersion));
    expect([...ours.opsets]).toEqual(theirs.opsetImport.map(({ domain, version }: Any) => [domain, Number(version)]));
    expect([...ours.metadata]).toEqual(theirs.metadataProps.map(({ key, value }: Any) => [key, value]));
    expect([...ours.functions]).toEqual(theirs.functions.map(({ domain, name }: Any) => `${domain}.${name}`));
  });
});

describe('a program', () => {
  it('holds the nodes and weights up to the tensor, as they are, and one output', async () => {
    const model = await openFixture('legacy-13-bn');
    const whole = decode(bytesOf('legacy-13-bn.onnx'));
    const tensor = model.layers.find(({ path }) => path === 'layer1.0.conv1')!.tensors.bn;
    const { bytes, outputs, files } = await model.program([tensor], [21, 27]);
    const part = decode(bytes);
    const ops = part.graph.node.map(({ opType }: Any) => opType);
    expect(ops).toEqual(['Conv', 'BatchNormalization', 'Relu', 'MaxPool', 'Conv', 'BatchNormalization']);
    for (const node of part.graph.node) expect(whole.graph.node).toContainEqual(node);
    const read = new Set(part.graph.node.flatMap(({ input }: Any) => input));
    expect(part.graph.initializer).toEqual(whole.graph.initializer.filter(({ name }: Any) => read.has(name)));
    expect(part.graph.output.map(({ name }: Any) => name)).toEqual([tensor]);
    expect(part.graph.input).toEqual(whole.graph.input);
    expect([outputs, files.size]).toEqual([[tensor], 0]);
    expect({ ...part, graph: undefined }).toEqual({ ...whole, graph: undefined });
  });

  it('keeps what nobody here knows', async () => {
    const bytes = bytesOf('grey.onnx');
    // ModelProto field 999, and the same within one more `graph`.
    const unknown = [0xba, 0x3e, 3, 1, 2, 3];
    const extended = Uint8Array.from([...bytes, ...unknown, 0x3a, unknown.length, ...unknown]);
    const model = await openOnnx(memorySource(extended, 'grey.onnx'));
    const part = decode((await model.program([model.layers[0]!.tensors.conv], [17, 23])).bytes);
    const content = { no: 999, wireType: 2, data: Uint8Array.of(3, 1, 2, 3) };
    expect(part.$unknown).toEqual([content]);
    expect(part.graph.$unknown).toEqual([content]);
  });

  it('has a conversion where the input or a tensor is not float32', async () => {
    const half = await openFixture('half');
    const { bytes, input, outputs } = await half.program([half.layers[0]!.tensors.conv], [21, 27]);
    expect(outputs).toEqual(['/conv1/Conv_output_0:float32']);
    const { graph } = decode(bytes);
    expect(graph.node.map(({ opType, output }: Any) => [opType, ...output])).toEqual([
      ['Cast', 'image'],
      ['Conv', '/conv1/Conv_output_0'],
      ['Cast', '/conv1/Conv_output_0:float32'],
    ]);
    expect(input).toEqual({ name: 'image:image', layout: 'NCHW', dtype: 'float32' });
    expect(graph.input.map(({ name }: Any) => name)).toEqual(['image:image']);
    const { elemType, shape } = graph.input[0].type.value.value;
    expect([elemType, shape.dim.map(({ value }: Any) => value.value)]).toEqual([1, [1n, 3n, 21n, 27n]]);
    const quantised = await openFixture('qoperator');
    const program = await quantised.program(
      [quantised.layers.find(({ path }) => path === 'conv1')!.tensors.conv],
      [21, 27],
    );
    expect(
      decode(program.bytes)
        .graph.node.map(({ opType, input }: Any) => [opType, ...input])
        .slice(-2),
    ).toEqual([
      [
        'DequantizeLinear',
        '/conv1/Conv_output_0_quantized',
        '/conv1/Conv_output_0_scale',
        '/conv1/Conv_output_0_zero_point',
      ],
      ['Cast', '/conv1/Conv_output_0_quantized:float32:real'],
    ]);
  });
});
