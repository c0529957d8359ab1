using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Orleans.Concurrency;

namespace CallCenter.Grains;

/// <summary>
/// Generates, once for each grain interface, the reference class that implements it and a request class for each of its methods:
/// <code>
/// Task&lt;R&gt; M(A a, CancellationToken token) => Send(new M_Request { a = a }, token);
/// class M_Request : GrainRequest&lt;R&gt; { public A a; ValueTask&lt;R&gt; Invoke(object grain) => new(((I)grain).M(a, CalleeToken)); }
/// </code>
/// Generated code costs a call no reflection, no boxing and one allocation for its arguments.
/// </summary>
internal static class ReferenceBuilder
{
    private const MethodAttributes Override = MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig;

    private static readonly MethodInfo SendPlain = Sender(withToken: false);
    private static readonly MethodInfo SendWithToken = Sender(withToken: true);

    public static Func<GrainReference> Build(Type grainInterface)
    {
        var methods = GrainInterfaceRules.WithBases(grainInterface).SelectMany(GrainInterfaceRules.Methods).ToList();
        var module = DefineModule(grainInterface, methods);
        var reference = module.DefineType(grainInterface.Name + "_Reference", TypeAttributes.Class | TypeAttributes.Public | TypeAttributes.Sealed, typeof(GrainReference), [grainInterface]);
        var constructor = reference.DefineDefaultConstructor(MethodAttributes.Public);
        var create = reference.DefineMethod("Create", MethodAttributes.Public | MethodAttributes.Static, typeof(GrainReference), Type.EmptyTypes);
        var il = create.GetILGenerator();
        il.Emit(OpCodes.Newobj, constructor);
        il.Emit(OpCodes.Ret);
        for (var i = 0; i < methods.Count; i++)
            DefineCall(reference, methods[i], RequestType.Define(module, methods[i], $"{methods[i].Name}_Request{i}"));
        return reference.CreateType().GetMethod(create.Name)!.CreateDelegate<Func<GrainReference>>();
    }

    private static MethodInfo Sender(bool withToken) => typeof(GrainReference).GetMethods()
        .Single(method => method.Name == nameof(GrainReference.Send) && method.GetParameters().Length == (withToken ? 2 : 1));

    /// <summary>An assembly for each interface, which may see the internals of every assembly that the interface names.</summary>
    private static ModuleBuilder DefineModule(Type grainInterface, List<MethodInfo> methods)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(grainInterface.FullName + ".References"), AssemblyBuilderAccess.Run);
        var named = methods.SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
            .SelectMany(Parts).Append(grainInterface).Append(typeof(GrainReference));
        var ignores = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
        foreach (var name in named.Select(type => type.Assembly.GetName().Name!).Distinct())
            assembly.SetCustomAttribute(new CustomAttributeBuilder(ignores, [name]));
        return assembly.DefineDynamicModule("References");
    }

    private static IEnumerable<Type> Parts(Type type) => type.HasElementType
        ? Parts(type.GetElementType()!)
        : type.GetGenericArguments().SelectMany(Parts).Append(type);

    private static void DefineCall(TypeBuilder reference, MethodInfo method, RequestType request)
    {
        var parameters = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        var call = reference.DefineMethod(method.Name, Override | MethodAttributes.Final | MethodAttributes.NewSlot, method.ReturnType, parameters);
        var il = call.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Newobj, request.Constructor);
        for (var i = 0; i < request.Arguments.Count; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldarg, i + 1);
            il.Emit(OpCodes.Stfld, request.Arguments[i]);
        }

        if (request.HasToken)
            il.Emit(OpCodes.Ldarg, parameters.Length);
        il.Emit(OpCodes.Call, (request.HasToken ? SendWithToken : SendPlain).MakeGenericMethod(request.Result));
        if (method.ReturnType == typeof(ValueTask))
            il.Emit(OpCodes.Call, typeof(GrainReference).GetMethod(nameof(GrainReference.AsValueTask), 0, [typeof(Task)])!);
        else if (method.ReturnType.IsValueType)
            il.Emit(OpCodes.Call, typeof(GrainReference).GetMethods().Single(m => m is { Name: nameof(GrainReference.AsValueTask), IsGenericMethod: true }).MakeGenericMethod(request.Result));
        il.Emit(OpCodes.Ret);
        reference.DefineMethodOverride(call, method);
    }

    /// <summary>The generated request of one method.</summary>
    private sealed record RequestType(ConstructorInfo Constructor, IReadOnlyList<FieldInfo> Arguments, bool HasToken, Type Result)
    {
        public static RequestType Define(ModuleBuilder module, MethodInfo method, string name)
        {
            var result = GrainInterfaceRules.ResultOf(method.ReturnType)!;
            var parent = typeof(GrainRequest<>).MakeGenericType(result);
            var type = module.DefineType(name, TypeAttributes.Class | TypeAttributes.Public | TypeAttributes.Sealed, parent);
            var constructor = type.DefineDefaultConstructor(MethodAttributes.Public);
            var parameters = method.GetParameters();
            var hasToken = parameters.Length > 0 && parameters[^1].ParameterType == typeof(CancellationToken);
            var arguments = parameters.Take(hasToken ? parameters.Length - 1 : parameters.Length)
                .Select(FieldInfo (parameter) => type.DefineField(parameter.Name!, parameter.ParameterType, FieldAttributes.Public)).ToList();
            DefineConstant(type, "get_" + nameof(GrainRequest.Method), typeof(string), il => il.Emit(OpCodes.Ldstr, $"{method.DeclaringType!.Name}.{method.Name}"));
            if (method.IsDefined(typeof(AlwaysInterleaveAttribute), inherit: false))
                DefineConstant(type, "get_" + nameof(GrainRequest.AlwaysInterleave), typeof(bool), il => il.Emit(OpCodes.Ldc_I4_1));
            DefineInvoke(type, parent, method, arguments, hasToken);
            type.CreateType();
            return new RequestType(constructor, arguments, hasToken, result);
        }

        private static void DefineConstant(TypeBuilder type, string name, Type constant, Action<ILGenerator> load)
        {
            var getter = type.DefineMethod(name, Override | MethodAttributes.SpecialName, constant, Type.EmptyTypes);
            var il = getter.GetILGenerator();
            load(il);
            il.Emit(OpCodes.Ret);
        }

        private static void DefineInvoke(TypeBuilder type, Type parent, MethodInfo method, List<FieldInfo> arguments, bool hasToken)
        {
            var inherited = parent.GetMethod(nameof(GrainRequest<int>.Invoke))!;
            var invoke = type.DefineMethod(inherited.Name, Override, inherited.ReturnType, [typeof(object)]);
            var il = invoke.GetILGenerator();
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Castclass, method.DeclaringType!);
            foreach (var argument in arguments)
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldfld, argument);
            }

            if (hasToken)
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Call, typeof(GrainRequest).GetProperty(nameof(GrainRequest.CalleeToken))!.GetMethod!);
            }

            il.Emit(OpCodes.Callvirt, method);
            if (method.ReturnType == typeof(Task) || method.ReturnType == typeof(ValueTask))
                il.Emit(OpCodes.Call, parent.GetMethod(nameof(GrainRequest<int>.WithoutResult), [method.ReturnType])!);
            else if (!method.ReturnType.IsValueType)
                il.Emit(OpCodes.Newobj, inherited.ReturnType.GetConstructor([method.ReturnType])!);
            il.Emit(OpCodes.Ret);
        }
    }
}
