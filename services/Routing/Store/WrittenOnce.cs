using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using CallCenter.Contracts;

namespace CallCenter.Routing;

/// <summary>For a part of a row's body that never changes once it is made: its JSON is made once and copied into each later version of the row.</summary>
internal sealed class WrittenOnce<T> : JsonConverter<T>
    where T : class
{
    private static readonly ConditionalWeakTable<T, byte[]> Written = [];

    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonSerializer.Deserialize<T>(ref reader, options);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteRawValue(Written.GetValue(value, one => JsonSerializer.SerializeToUtf8Bytes(one, EventCatalog.Json)), skipInputValidation: true);
}
