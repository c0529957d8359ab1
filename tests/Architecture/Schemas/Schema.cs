using System.Reflection;
using System.Text.Json.Serialization;

namespace CallCenter.Architecture.Schemas;

/// <summary>The form of contracts as text: a line a type, indented lines for its properties with their types, or its enum values.</summary>
internal static class Schema
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(int)] = "int", [typeof(long)] = "long", [typeof(double)] = "double",
        [typeof(byte[])] = "byte[]",
    };

    /// <summary>Lines by namespace, sorted by type.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Of(IEnumerable<Type> types) => types
        .Where(t => t is { IsVisible: true, IsNested: false } && (t.IsEnum || IsRecord(t)))
        .GroupBy(t => t.Namespace!)
        .ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.OrderBy(t => t.Name, StringComparer.Ordinal).SelectMany(Lines)]);

    private static IEnumerable<string> Lines(Type type) => type.IsEnum
        ? [$"enum {type.Name}", .. Enum.GetNames(type).Select(n => $"  {n}")]
        : [$"record {type.Name}{Base(type)}", .. Properties(type), .. Kinds(type)];

    private static string Base(Type type) => type.BaseType == typeof(object) || type.IsValueType ? "" : $" : {type.BaseType!.Name}";

    private static IEnumerable<string> Properties(Type type)
    {
        var nullability = new NullabilityInfoContext();
        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(p => p.GetCustomAttribute<JsonIgnoreAttribute>() is null)
            .Select(p => $"  {p.Name} {Name(nullability.Create(p))}");
    }

    /// <summary>The names that tell the members of a family apart on the wire.</summary>
    private static IEnumerable<string> Kinds(Type type) =>
        type.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).Select(d => $"  kind:{d.TypeDiscriminator} {d.DerivedType.Name}");

    private static string Name(NullabilityInfo info)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        var name = Keywords.GetValueOrDefault(type) ?? type.Name.Split('`')[0];
        var arguments = info.GenericTypeArguments.Length > 0 && type == info.Type ? $"<{string.Join(", ", info.GenericTypeArguments.Select(Name))}>" : "";
        return name + arguments + (info.ReadState == NullabilityState.Nullable ? "?" : "");
    }

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null || (type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null);
}
