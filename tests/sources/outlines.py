"""What cpp_outline.py finds in pieces of C++: functions, tests, lambdas and classes with their lines, and what is declared
without a body."""

from checks import report
from cpp_outline import outline

# A name, the piece, and its outline: "kind name first-last", or "kind name first" if it is only declared.
PIECES = [
    ("a function", "int f() {\n    return 1;\n}\n", ["function f 1-3"]),
    ("a head of several lines", "template <class T>\nconstexpr T f(const T& x,\n    T y = {}) noexcept {\n}\n",
     ["function f 1-4"]),
    ("braces in strings and comments",
     'void f() {\n    g("}", \'}\', R"x(}\n)" })x"); // }\n    /* }\n */ g(1\'000);\n}\nvoid h() {}\n',
     ["function f 1-6", "function h 7-7"]),
    ("branches with braces of their own",
     "#if A\nvoid f(int) {\n#else\nvoid f(long) {\n#endif\n    g();\n}\n#ifdef B\nvoid h() {}\n#else\nvoid i() {}\n#endif\n",
     ["function f 2-7", "function h 9-9", "function i 11-11"]),
    ("a macro of many lines", "#define F(x) \\\n    void x() { \\\n    }\nvoid g() {}\n", ["function g 4-4"]),
    ("a macro that is a line by itself", "BEGIN\nvoid f() {}\nEND(x)\nvoid g() {}\n", ["function f 2-2", "function g 4-4"]),
    ("a constructor's list of members", "struct a {\n    a(int x) : b_{x}, c_(x), d_<x>{1} {\n    }\n    ~a() {}\n};\n",
     ["class a 1-5", "function a::a 2-3", "function a::~a 4-4"]),
    ("operators", "struct a {\n    int operator()(int x) const {\n    }\n    bool operator==(const a&) const = default;\n"
     "    operator b<c>() const {}\n    a& operator=(a&&) && requires(!D) {\n    }\n};\n",
     ["class a 1-8", "function a::operator() 2-3", "function a::operator b<c> 5-5", "function a::operator= 6-7"]),
    ("results of several words", "auto f() -> decltype(g()) {\n}\nstd::array<int, (3 > 2)> h(long) {}\n",
     ["function f 1-2", "function h 3-3"]),
    ("a clause and an expression of requirements",
     "template <class T> requires requires(T t) { t.x; }\nvoid f(T) requires(A<T> && B) {\n}\n"
     "template <class T> concept c = a<T> && requires(T t) {\n    t.x;\n};\n", ["function f 1-3"]),
    ("values", "constexpr int a[] = {1, 2};\nint b{3};\nauto c = d<int>{f(1), {2}};\nvoid g() {}\n", ["function g 4-4"]),
    ("lambdas", "constexpr auto f = [](int x) {\n    return x;\n};\n"
     "void g() {\n    h([&]<int I>(auto) mutable {\n    }, a[i] + b{1});\n}\n",
     ["lambda f 1-3", "function g 4-7", "lambda lambda 5-6"]),
    ("attributes", "[[nodiscard]] constexpr int f() {\n}\nauto g = []() __attribute__((always_inline)) {\n};\n",
     ["function f 1-2", "lambda g 3-4"]),
    ("namespaces", "namespace a::b {\nvoid f() {}\nnamespace {\nvoid g() {}\n}\n}\nextern \"C\" {\nvoid h() {}\n}\n",
     ["function a::b::f 2-2", "function a::b::g 4-4", "function h 8-8"]),
    ("members defined outside", "template <class T> void a<T>::b::c(int) {\n}\na::~a() {}\n",
     ["function a::b::c 1-2", "function a::~a 3-3"]),
    ("a test", 'TEST_CASE("is {true}") {\n    SUBCASE("x") {\n    }\n}\n', ["test is {true} 1-4"]),
    ("declarations", "class a;\nstruct b* c;\nenum class d : int;\ntemplate <class T> struct e;\nextern int f;\n"
     "int g(int, h<i, j>);\nusing k = int();\n"
     "struct l {\n    void m() const;\n    void n() = delete;\n    friend class o;\n    int p;\n};\nM(x);\n"
     "template class q<int>;\n",
     ["class a 1", "class d 3", "class e 4", "function g 6", "class l 8-13", "function l::m 9", "class o 11"]),
    ("specialisations", "template <> struct a<int> {\n};\ntemplate <> struct b<int>;\n", ["class a 1-2"]),
    ("a member after access", "class a {\npublic:\n    void f() {\n    }\n};\n", ["class a 1-5", "function a::f 3-4"]),
]
COUNTS = [("f()", 0), ("f(void)", 0), ("f(int)", 1), ("f(int, a<b, c>, int x = g(1, 2))", 3), ("f(void (*)(int, int), int)", 2)]


def shown(item):
    return f"{item.kind} {'::'.join(item.name)} {item.first}" + (f"-{item.last}" if item.last else "")


def faults_of(piece, wanted):
    found = [shown(item) for item in outline(piece)]
    return [] if found == wanted else [f"{wanted} wanted, found {found}"]


def faults_of_count(declaration, wanted):
    found = [item.parameters for item in outline(f"void {declaration};\nvoid {declaration} {{\n}}\n")]
    return [] if found == [wanted, wanted] else [f"{wanted} wanted, found {found}"]


if __name__ == "__main__":
    report([(name, faults_of(piece, wanted), "repair tests/sources/cpp_outline.py") for name, piece, wanted in PIECES] +
           [(f"how many parameters {declaration} has", faults_of_count(declaration, wanted),
             "repair tests/sources/cpp_statements.py") for declaration, wanted in COUNTS])
