using System.Reflection;
using System.Runtime.CompilerServices;
using CallCenter.Grains;

namespace CallCenter.Routing.Leading;

/// <summary>Compiles what a leader runs while the process stands by, so that its first offers do not wait for the compiler. What the compiler adds to records is left out: it is much and seldom runs.</summary>
internal static class WarmUp
{
    private static readonly Assembly[] Assemblies = [typeof(IReminderStore).Assembly, typeof(RoutingService).Assembly];

    private const BindingFlags Own = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <returns>The number of methods.</returns>
    public static int Run(CancellationToken ct)
    {
        var methods = 0;
        foreach (var type in Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => !type.ContainsGenericParameters))
        {
            foreach (var method in type.GetMembers(Own).OfType<MethodBase>().Where(method => !method.IsAbstract && !method.ContainsGenericParameters && !method.IsDefined(typeof(CompilerGeneratedAttribute))))
            {
                ct.ThrowIfCancellationRequested();
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
                methods++;
            }
        }

        return methods;
    }
}
