using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Concurrency;

namespace CallCenter.Grains;

/// <summary>A grain class: its name in logs and stored reminders, how it is constructed, whether its calls interleave.</summary>
internal sealed class GrainClass
{
    private readonly ObjectFactory factory;

    public GrainClass(Type type)
    {
        Type = type;
        Name = NameOf(type);
        Reentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        factory = ActivatorUtilities.CreateFactory(type, Type.EmptyTypes);
    }

    public Type Type { get; }

    public string Name { get; }

    public bool Reentrant { get; }

    public Grain Create(IServiceProvider services) => (Grain)factory(services, null);

    /// <summary>The class name in lower case without "Grain", as Orleans names grain types.</summary>
    private static string NameOf(Type type)
    {
        var name = type.Name;
        if (name.Length > 5 && name.EndsWith("Grain", StringComparison.Ordinal))
            name = name[..^5];
        return name.ToLowerInvariant();
    }
}
