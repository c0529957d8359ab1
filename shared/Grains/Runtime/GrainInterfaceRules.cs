using System.Reflection;
using Orleans;

namespace CallCenter.Grains;

/// <summary>What a grain interface may look like so that the same source serves Orleans: its methods' shapes and what crosses a call.</summary>
internal static class GrainInterfaceRules
{
    private static readonly HashSet<Type> Plain =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly),
    ];

    /// <summary>Everything that is wrong with it, in words that say what to do.</summary>
    public static List<string> Check(Type grainInterface)
    {
        var mistakes = new List<string>();
        if (grainInterface.IsGenericType)
            mistakes.Add($"{grainInterface} is generic; give it plain types.");
        foreach (var type in WithBases(grainInterface))
        {
            mistakes.AddRange(type.GetProperties().Select(property => $"{type}.{property.Name} is a property; a grain interface has methods only."));
            mistakes.AddRange(Methods(type).SelectMany(CheckMethod));
        }

        return mistakes;
    }

    public static IEnumerable<Type> WithBases(Type grainInterface) => grainInterface.GetInterfaces().Prepend(grainInterface);

    public static IEnumerable<MethodInfo> Methods(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).Where(method => method.IsAbstract && !method.IsSpecialName);

    /// <summary>The result type of a task type; <see cref="ValueTuple"/> for none, null when it is no task type.</summary>
    public static Type? ResultOf(Type task)
    {
        if (task == typeof(Task) || task == typeof(ValueTask))
            return typeof(ValueTuple);
        if (!task.IsGenericType)
            return null;
        var definition = task.GetGenericTypeDefinition();
        return definition == typeof(Task<>) || definition == typeof(ValueTask<>) ? task.GetGenericArguments()[0] : null;
    }

    private static IEnumerable<string> CheckMethod(MethodInfo method)
    {
        var name = $"{method.DeclaringType}.{method.Name}";
        if (method.IsGenericMethod)
            yield return $"{name} is generic; give it plain types.";
        if (ResultOf(method.ReturnType) is not { } result)
            yield return $"{name} returns {method.ReturnType}; a grain method returns Task or ValueTask, with or without a result.";
        else if (result != typeof(ValueTuple) && !MayCross(result))
            yield return $"{name} returns {result}, which cannot cross a grain call; mark it with [GenerateSerializer].";
        var parameters = method.GetParameters();
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            if (type == typeof(CancellationToken) ? i < parameters.Length - 1 : !MayCross(type))
                yield return $"{name}: parameter {parameters[i].Name} of type {type} cannot cross a grain call; mark the type with [GenerateSerializer] (a CancellationToken comes last).";
        }
    }

    private static bool MayCross(Type type)
    {
        if (type.IsByRef || type.IsPointer)
            return false;
        if (type.IsArray)
            return MayCross(type.GetElementType()!);
        if (type.IsGenericType && (type.Namespace == "System" || type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true))
            return type.GetGenericArguments().All(MayCross);
        return type.IsPrimitive || type.IsEnum || Plain.Contains(type)
            || type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)
            || typeof(IGrain).IsAssignableFrom(type);
    }
}
