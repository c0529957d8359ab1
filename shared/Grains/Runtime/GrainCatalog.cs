using System.Reflection;
using Orleans;

namespace CallCenter.Grains;

/// <summary>All grain classes of the given assemblies and the interface that reaches each. Built once, at start; every mistake is told at once.</summary>
internal sealed class GrainCatalog
{
    private readonly Dictionary<Type, (GrainClass Class, Func<GrainReference> Create)> byInterface = [];
    private readonly Dictionary<string, GrainClass> byName = [];

    public GrainCatalog(IEnumerable<Assembly> assemblies)
    {
        var mistakes = new List<string>();
        var types = assemblies.Distinct().SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && type.IsSubclassOf(typeof(Grain)));
        foreach (var type in types)
            Add(new GrainClass(type), mistakes);
        if (mistakes.Count > 0)
            throw new InvalidOperationException("Grains that cannot be served:" + string.Concat(mistakes.Select(mistake => "\n- " + mistake)));
    }

    /// <summary>A new reference for the interface, and the class behind it.</summary>
    public (GrainClass Class, Func<GrainReference> Create) Find(Type grainInterface) =>
        byInterface.TryGetValue(grainInterface, out var found)
            ? found
            : throw new ArgumentException($"No grain class implements {grainInterface}: give its assembly to AddEmbeddedGrains.", nameof(grainInterface));

    public GrainClass? FindByName(string name) => byName.GetValueOrDefault(name);

    private void Add(GrainClass grainClass, List<string> mistakes)
    {
        if (!byName.TryAdd(grainClass.Name, grainClass))
            mistakes.Add($"{grainClass.Type} and {byName[grainClass.Name].Type} share the name '{grainClass.Name}'; rename one class.");
        var interfaces = grainClass.Type.GetInterfaces()
            .Where(type => type != typeof(IGrainWithStringKey) && typeof(IGrainWithStringKey).IsAssignableFrom(type)).ToList();
        if (interfaces.Count == 0)
            mistakes.Add($"{grainClass.Type} implements no interface derived from IGrainWithStringKey; nobody could call it.");
        foreach (var grainInterface in interfaces)
        {
            var unfit = GrainInterfaceRules.Check(grainInterface);
            mistakes.AddRange(unfit);
            if (unfit.Count > 0)
                continue;
            if (!byInterface.TryAdd(grainInterface, (grainClass, ReferenceBuilder.Build(grainInterface))))
                mistakes.Add($"{grainInterface} is implemented by {byInterface[grainInterface].Class.Type} and {grainClass.Type}; an interface has exactly one grain class.");
        }
    }
}
