using System.Reflection;

namespace CallCenter.Grains.Tests;

/// <summary>Writes types and members as one line of C# each, so that two assemblies can be compared by text. Members whose types are missing are left out.</summary>
internal static class SignatureRenderer
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly HashSet<string> Generated = ["Equals", "GetHashCode", "ToString", "PrintMembers", "op_Equality", "op_Inequality"];

    private static readonly Dictionary<string, string> Keywords = new()
    {
        ["Void"] = "void", ["String"] = "string", ["Boolean"] = "bool", ["UInt32"] = "uint", ["Object"] = "object",
    };

    /// <summary>The type and its visible members: full name and signature.</summary>
    public static IEnumerable<(string Name, string Signature)> Render(Type type)
    {
        yield return (type.FullName!, Head(type));
        if (type.IsEnum)
        {
            foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
                yield return ($"{type.FullName}.{field.Name}", $"{field.Name} = {field.GetRawConstantValue()}");
            yield break;
        }

        foreach (var member in type.GetMembers(Declared))
        {
            if (Generated.Contains(member.Name) || Line(member) is not { } line)
                continue;
            yield return ($"{type.FullName}.{member.Name.TrimStart('.')}", line);
        }
    }

    private static string Head(Type type)
    {
        var kind = type.IsEnum ? $"enum {type.Name} : {type.GetEnumUnderlyingType().Name}"
            : type.IsInterface ? $"interface {type.Name}"
            : type.IsValueType ? $"struct {type.Name}"
            : $"{(type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}class {type.Name}";
        var bases = type.IsInterface ? type.GetInterfaces() : [];
        var direct = bases.Where(one => !bases.Any(other => other != one && one.IsAssignableFrom(other))).Select(one => one.Name).ToList();
        return "public " + kind + (direct.Count > 0 ? " : " + string.Join(", ", direct) : "");
    }

    private static string? Line(MemberInfo member)
    {
        try
        {
            return member switch
            {
                PropertyInfo property => Property(property),
                MethodInfo { IsSpecialName: false } method when IsVisible(method) => Method(method),
                ConstructorInfo constructor when IsVisible(constructor) => $"{Access(constructor)}{member.DeclaringType!.Name}({Parameters(constructor)})",
                _ => null,
            };
        }
        catch (FileNotFoundException)
        {
            return null; // Its types live in a package that cannot be had.
        }
    }

    private static string? Property(PropertyInfo property) => property.GetMethod is { } getter && IsVisible(getter)
        ? $"{Access(getter)}{Name(property.PropertyType)} {property.Name} {{ get; {(property.SetMethod is { } setter && IsVisible(setter) ? "init; " : "")}}}"
        : null;

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        var constraints = method.IsGenericMethod
            ? string.Concat(method.GetGenericArguments().Where(one => one.GetGenericParameterConstraints().Length > 0)
                .Select(one => $" where {one.Name} : {string.Join(", ", one.GetGenericParameterConstraints().Select(Name))}"))
            : "";
        return $"{Access(method)}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)}){constraints}";
    }

    private static string Parameters(MethodBase method)
    {
        var isExtension = method.IsStatic && method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "ExtensionAttribute");
        return string.Join(", ", method.GetParameters().Select((parameter, i) =>
            $"{(isExtension && i == 0 ? "this " : "")}{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = null" : "")}"));
    }

    private static string Name(Type type)
    {
        if (type.IsGenericType)
            return $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
        return Keywords.GetValueOrDefault(type.Name, type.Name);
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => method.DeclaringType!.IsInterface ? ""
        : (method.IsPublic ? "public " : "protected ")
          + (method.IsStatic ? "static " : method.IsAbstract ? "abstract " : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "");
}
