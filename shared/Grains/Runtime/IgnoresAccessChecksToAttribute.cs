namespace System.Runtime.CompilerServices;

/// <summary>The runtime lets an assembly with this attribute see the internals of the named one: grain interfaces are internal to their service.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
